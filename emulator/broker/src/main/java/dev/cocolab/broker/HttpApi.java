package dev.cocolab.broker;

import dev.cocolab.broker.metrics.KbsMetrics;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a server serves.
 *
 * @param routes finds what answers a path as it stands in the request line; empty: 404
 * @param operations everything that is answered
 * @param ids names the requests
 * @param metrics counts those below {@code /kbs}
 */
record HttpApi(
    Function<String, Optional<Route>> routes,
    Set<Endpoint> operations,
    RequestIds ids,
    KbsMetrics metrics) {}
