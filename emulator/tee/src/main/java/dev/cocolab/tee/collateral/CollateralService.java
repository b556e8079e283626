package dev.cocolab.tee.collateral;

import dev.cocolab.tee.PlatformAuthority;
import dev.cocolab.tee.intel.CollateralOptions;
import dev.cocolab.tee.intel.IntelAuthority;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Both vendors' services for the emulated hardware of this machine, behind one address, with faults
 * by path. Safe for use by several threads.
 *
 * <ul>
 *   <li>{@code /vcek/v1/<product>/<hwid>?blSPL=..}, {@code /{vcek,vlek}/v1/<product>/cert_chain},
 *       {@code .../crl}
 *   <li>{@code /tdx/certification/v4/tcb?fmspc=..}, {@code /tdx/certification/v4/qe/identity},
 *       {@code /sgx/certification/v4/pckcrl?ca=platform&encoding=der}
 *   <li>{@code /sgx/certification/v4/rootcacrl} (hex, as Intel's cache has it), {@code
 *       /IntelSGXRootCA.der}
 * </ul>
 */
public final class CollateralService {

  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int REQUEST_ID_SIZE = 16;

  /**
   * How a request is treated.
   *
   * @param answer empty: the connection ends without one
   * @param delay what passes before
   */
  public record Treatment(Optional<CollateralAnswer> answer, Duration delay) {
    public Treatment {
      Objects.requireNonNull(answer, "answer");
      Objects.requireNonNull(delay, "delay");
    }
  }

  private final KeyDistribution keys;
  private final Certification certification;
  private final RandomGenerator random;
  private final Map<String, CollateralFault> faults = new LinkedHashMap<>();

  /**
   * Services of these authorities.
   *
   * @param amd one a generation; products of others are not found
   * @param random gives request ids
   */
  public CollateralService(
      List<PlatformAuthority> amd, IntelAuthority intel, RandomGenerator random) {
    this.keys = new KeyDistribution(amd);
    this.certification = new Certification(intel);
    this.random = Objects.requireNonNull(random, "random");
  }

  /** Publishes other TCB info, QE identity and revocation lists from now on. */
  public void publish(CollateralOptions options) {
    certification.publish(Objects.requireNonNull(options, "options"));
  }

  /**
   * Gives paths a fault, in place of the one they have.
   *
   * @param pathPrefix what the paths begin with; {@code /} for all. The longest that fits counts.
   */
  public void fail(String pathPrefix, CollateralFault fault) {
    synchronized (faults) {
      faults.put(pathPrefix, Objects.requireNonNull(fault, "fault"));
    }
  }

  /** Ends all faults. */
  public void heal() {
    synchronized (faults) {
      faults.clear();
    }
  }

  private Optional<CollateralFault> fault(String path) {
    synchronized (faults) {
      return faults.keySet().stream()
          .filter(path::startsWith)
          .max((a, b) -> Integer.compare(a.length(), b.length()))
          .map(faults::get);
    }
  }

  /** What to do about a request, with the fault of its path. */
  public Treatment treat(CollateralRequest request) {
    Optional<CollateralFault> fault = fault(request.path());
    if (fault.isEmpty()) {
      return now(answer(request));
    }
    CollateralFault found = fault.get();
    if (found instanceof CollateralFault.Slow slow) {
      return new Treatment(Optional.of(answer(request)), slow.delay());
    }
    if (found instanceof CollateralFault.TooManyRequests many) {
      return now(
          identified(CollateralAnswer.failed(TOO_MANY_REQUESTS, "too many requests"))
              .with("Retry-After", Long.toString(many.retryAfter().toSeconds())));
    }
    if (found instanceof CollateralFault.Failure failure) {
      return now(identified(CollateralAnswer.failed(failure.status(), "service unavailable")));
    }
    if (found instanceof CollateralFault.Truncated) {
      CollateralAnswer whole = answer(request);
      byte[] body = whole.body();
      byte[] cut = Arrays.copyOf(body, Math.max(0, body.length - 1));
      return now(new CollateralAnswer(whole.status(), whole.headers(), cut));
    }
    return new Treatment(Optional.empty(), Duration.ZERO);
  }

  private static Treatment now(CollateralAnswer answer) {
    return new Treatment(Optional.of(answer), Duration.ZERO);
  }

  /** The answer of a service without faults. */
  public CollateralAnswer answer(CollateralRequest request) {
    if (!request.method().equals("GET")) {
      return identified(
              CollateralAnswer.failed(METHOD_NOT_ALLOWED, request.method() + " is not answered"))
          .with("Allow", "GET");
    }
    return identified(
        keys.answer(request)
            .or(() -> certification.answer(request))
            .orElseGet(() -> CollateralAnswer.notFound("no resource " + request.path())));
  }

  private CollateralAnswer identified(CollateralAnswer answer) {
    byte[] id = new byte[REQUEST_ID_SIZE];
    random.nextBytes(id);
    return answer.with("Request-ID", HexFormat.of().formatHex(id));
  }
}
