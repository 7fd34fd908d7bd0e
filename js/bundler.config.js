// The usual ids of modules are hashes of names, and one of the names has the folder of the clone
// in it: then no two machines would build the same files.
module.exports = { optimization: { moduleIds: 'natural', chunkIds: 'natural' } };
