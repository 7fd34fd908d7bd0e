/** The fields of a registry, which are read once for each of its states. */
import type { Api } from './api';
import type { Field } from './types';

export class FieldCache {
  constructor(private readonly api: Api) {}

  /** Return the fields of a registry. */
  read(path: string[]): Promise<Field[]> {
    this.reply ??= this.load(path);
    return this.reply;
  }

  clear(): void {
    this.reply = null;
  }

  private async load(path: string[]): Promise<Field[]> {
    try {
      return (await this.api.get<{ fields: Field[] }>(path)).fields;
    } catch (error) {
      this.clear();
      throw error;
    }
  }

  private reply: Promise<Field[]> | null = null;
}
