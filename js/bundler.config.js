// The default ids of modules are hashes of names, and one name contains the folder of the clone:
// with them, each machine would build different files.
module.exports = { optimization: { moduleIds: 'natural', chunkIds: 'natural' } };
