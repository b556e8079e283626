package dev.cocolab.operators.control;

/** A reconciler with its own queue. */
public interface Controller extends Reconciler, AutoCloseable {

  /**
   * Begins to work. Called when all caches are filled: decisions on half-filled ones would be
   * wrong.
   */
  void open();

  /** Takes up nothing more; work under way ends by itself. */
  @Override
  void close();
}
