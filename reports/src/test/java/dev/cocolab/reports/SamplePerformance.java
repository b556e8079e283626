package dev.cocolab.reports;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Measurements as a run might have written them. */
final class SamplePerformance {
  private SamplePerformance() {}

  static String checks(boolean shareHeld) {
    return """
        [{"id": "share", "claim": "the peak rate is at least 40 %% of the cryptographic limit",
          "unit": "part", "relation": "at least", "bound": 0.4, "attempts": [%s], "held": %s},
         {"id": "many", "claim": "256 clients reach at least 80 %% of the peak rate", "unit": "part",
          "relation": "at least", "bound": 0.8, "attempts": [0.93], "held": true},
         {"id": "latency", "claim": "at half load p99 is at most 5 times p50", "unit": "times",
          "relation": "at most", "bound": 5, "attempts": [6.1, 3.4], "held": true},
         {"id": "errors", "claim": "no attestation failed", "unit": "count",
          "relation": "at most", "bound": 0, "attempts": [0], "held": true}]
        """
        .formatted(shareHeld ? "0.52" : "0.31", shareHeld);
  }

  static String run(String started, String checks) {
    return """
        {"format": "cocolab-performance/1", "started": "%s", "target": "emulator",
         "crypto_provider": "AmazonCorrettoCryptoProvider",
         "loads": [%s, %s, %s, %s, %s],
         "pod_start": {"count": 5, "phases": [
           {"name": "scheduled", "median_ms": 4.1, "most_ms": 9},
           {"name": "VM, attestation and image", "median_ms": 310, "most_ms": 480},
           {"name": "container created", "median_ms": 61, "most_ms": 90},
           {"name": "running", "median_ms": 140, "most_ms": 210}]},
         "checks": %s}
        """
        .formatted(
            started,
            load("\"clients\": 1", 118, 8),
            load("\"clients\": 8", 402, 19),
            load("\"clients\": 32", 431, 74),
            load("\"clients\": 256", 400, 610),
            load("\"rate\": 215.5", 215, 9),
            checks);
  }

  private static String load(String asked, double perSecond, double median) {
    String curve =
        DoubleStream.of(0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9)
            .mapToObj(
                percent ->
                    String.format(
                        Locale.ROOT,
                        "{\"percent\": %s, \"ms\": %.3f}",
                        percent,
                        median * (.6 + .5 * -Math.log10(1 - percent / 100) + percent / 400)))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        """
        {"asked": {%s}, "seconds": 4.0, "attestations": %.0f, "errors": {}, "per_second": %.1f,
         "latency_ms": {"p50": %.2f, "p90": %.2f, "p99": %.2f, "max": %.2f, "curve": [%s]},
         "phases": {"connect": {"p50": 3.1, "p99": 9.9}, "auth": {"p50": %.2f, "p99": %.2f},
           "evidence": {"p50": 1.2, "p99": 2.4}, "attest": {"p50": %.2f, "p99": %.2f},
           "resource": {"p50": 0.8, "p99": 2.1}, "decrypt": {"p50": 0.9, "p99": 1.3}},
         "limit": {"per_second": 829.4, "processors": 2, "sides": "client and server", "operations": [
           {"name": "RSA-2048 signature of the TPM quote", "side": "client", "count": 1, "microseconds": 640.2},
           {"name": "ECDSA P-384 verification of the report and its chain", "side": "server", "count": 3, "microseconds": 420.5}]}}
        """,
        asked,
        perSecond * 4,
        perSecond,
        median,
        median * 1.5,
        median * 3,
        median * 4,
        curve,
        median * .1,
        median * .3,
        median * .7,
        median * 2);
  }
}
