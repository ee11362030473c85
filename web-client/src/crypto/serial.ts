/** Runs tasks one after the other, in the order in which they were given. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  /** What `task` gives, once every task before it has ended, well or badly. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch(() => {});
    return result;
  }
}
