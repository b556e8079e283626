package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.resource.ResourceReader;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.watch.EventSink;
import dev.cocolab.apiserver.watch.HttpSink;
import dev.cocolab.apiserver.watch.Watch;
import dev.cocolab.apiserver.watch.WatchRequest;
import dev.cocolab.apiserver.watch.WebSocketSink;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Watches over chunked HTTP and over WebSockets; ends them all when the server closes. */
final class WatchHandler {
  private static final Logger LOG = LoggerFactory.getLogger(WatchHandler.class);

  private final Vertx vertx;
  private final ObjectStore store;
  private final Rendering rendering;
  private final Set<Watch> open = ConcurrentHashMap.newKeySet();

  WatchHandler(Vertx vertx, ObjectStore store, Rendering rendering) {
    this.vertx = vertx;
    this.store = store;
    this.rendering = rendering;
  }

  void handle(Exchange exchange, Target target) {
    WatchRequest request =
        new WatchRequest(
            target.type(),
            target.namespace(),
            selection(exchange, target),
            exchange.query().flag("allowWatchBookmarks"),
            exchange.query().sendInitialEvents(),
            exchange.query().watchLife());
    if (!request.query().resourceVersion().isEmpty()) {
      ResourceReader.parseRevision(request.query().resourceVersion());
    }
    UnaryOperator<ObjectNode> events = rendering.events(exchange, target.type());
    if (Exchange.header(exchange.request(), "Upgrade").equalsIgnoreCase("websocket")) {
      exchange
          .request()
          .toWebSocket()
          .onSuccess(socket -> start(request, events, new WebSocketSink(socket)))
          .onFailure(failure -> LOG.debug("the upgrade of a watch failed", failure));
      return;
    }
    HttpServerResponse response = exchange.request().response();
    response
        .setChunked(true)
        .putHeader("Content-Type", Exchange.JSON)
        .putHeader("Cache-Control", "no-cache, private");
    // the client learns at once that it watches, even when nothing happens for long
    response.writeHead();
    start(request, events, new HttpSink(response));
  }

  /** A watch of one object is a watch of its collection, selected by name. */
  private static ListQuery selection(Exchange exchange, Target target) {
    ListQuery query = exchange.query().selection(target.type());
    if (target.name().isEmpty()) {
      return query;
    }
    List<FieldSelector.Term> terms =
        List.of(new FieldSelector.Term("metadata.name", true, target.name()));
    return new ListQuery(
        query.labels(), new FieldSelector(terms), 0, "", query.resourceVersion(), query.match());
  }

  private void start(WatchRequest request, UnaryOperator<ObjectNode> events, EventSink sink) {
    Context context = vertx.getOrCreateContext();
    Watch watch = new Watch(vertx, context, store, request, sink, events, open::remove);
    open.add(watch);
    watch.start();
  }

  /** Ends all watches; clients list and watch again elsewhere. */
  void close() {
    open.forEach(Watch::finishFromOutside);
  }
}
