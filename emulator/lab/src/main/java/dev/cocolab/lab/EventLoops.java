package dev.cocolab.lab;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** The event loops that everything in one JVM shares. */
public final class EventLoops {
  private static final int LOOPS = 2;

  private EventLoops() {}

  /** Starts them; they write no cache of class path resources into the temporary folder. */
  public static Vertx start() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(LOOPS)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }
}
