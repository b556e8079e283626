package dev.cocolab.steps.run;

/** How many scenarios run at a time. */
final class Parallelism {
  static final int MOST = 16;

  /** From here on, more at a time make a run hardly shorter: the longest scenarios remain. */
  private static final int MOST_UNASKED = 4;

  /** Heap in which a run with one lab is at ease: 50 MB are in use, 96 MB are for new objects. */
  private static final long HEAP_OF_ONE = 256L << 20;

  /** Heap of each further lab, of which some 20 MB stay in use while pods run. */
  private static final long HEAP_OF_ANOTHER = 64L << 20;

  private Parallelism() {}

  /** What fits the machine that this JVM is on. */
  static int ofThisMachine() {
    Runtime machine = Runtime.getRuntime();
    return fitting(machine.availableProcessors(), machine.maxMemory());
  }

  /**
   * Half of the processors, for a scenario keeps more than one of them busy.
   *
   * @param processors that this JVM may use
   * @param heapBytes that this JVM may use; unless told otherwise a quarter of the memory
   * @return 1 to 4
   */
  static int fitting(int processors, long heapBytes) {
    long inMemory = 1 + Math.max(0, heapBytes - HEAP_OF_ONE) / HEAP_OF_ANOTHER;
    return (int) Math.max(1, Math.min(Math.min(processors / 2, MOST_UNASKED), inMemory));
  }
}
