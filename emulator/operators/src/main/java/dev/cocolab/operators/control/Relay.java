package dev.cocolab.operators.control;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Lets several controllers listen to one watch; they are added before it starts. */
public final class Relay<T> implements ChangeHandler<T> {

  private final List<ChangeHandler<? super T>> handlers = new CopyOnWriteArrayList<>();

  public void add(ChangeHandler<? super T> handler) {
    handlers.add(handler);
  }

  @Override
  public void changed(Optional<T> before, Optional<T> after) {
    for (ChangeHandler<? super T> handler : handlers) {
      tell(handler, before, after);
    }
  }

  private static <S, U extends S> void tell(
      ChangeHandler<S> handler, Optional<U> before, Optional<U> after) {
    handler.changed(before.map(o -> o), after.map(o -> o));
  }
}
