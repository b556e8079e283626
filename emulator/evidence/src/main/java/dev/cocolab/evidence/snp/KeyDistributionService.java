package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * AMD's key distribution service, or one that answers as it does. Certificates are remembered, a
 * bounded number of them, because the service limits how often it may be asked and a chip keeps its
 * keys. Redirects are not followed.
 */
public final class KeyDistributionService implements VcekSource {

  /** Where AMD's own is. */
  public static final URI AMD = URI.create("https://kdsintf.amd.com");

  private static final int OK = 200;
  private static final int REMEMBERED = 1024;

  private final URI base;
  private final HttpClient client;
  private final Duration timeout;
  private final Map<URI, byte[]> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<URI, byte[]> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * A service.
   *
   * @param base {@code http} or {@code https}, a host, perhaps a path; no user, query or fragment
   * @param timeout for a whole request, positive
   * @throws IllegalArgumentException if the base is anything else
   */
  public KeyDistributionService(URI base, Duration timeout) {
    this(base, timeout, HttpClient.newBuilder().connectTimeout(timeout).build());
  }

  /**
   * A service that is asked by a client of the caller's, as for a proxy or other roots of TLS.
   *
   * @throws IllegalArgumentException as above
   */
  public KeyDistributionService(URI base, Duration timeout, HttpClient client) {
    boolean http = "https".equals(base.getScheme()) || "http".equals(base.getScheme());
    if (!http
        || base.getHost() == null
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the address of a key distribution service is http(s)://HOST[:PORT][/PATH]");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a timeout is positive, not " + timeout);
    }
    String text = base.toString();
    this.base = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : base;
    this.timeout = timeout;
    this.client = client;
  }

  @Override
  public byte[] fetch(VcekRequest request) {
    if (request.isMasked()) {
      throw refused(
          "Hardware ID is 0s on attestation report. Confirm that MASK_CHIP_ID is set to 0 to"
              + " request VCEK from KDS.");
    }
    URI address = URI.create(base + request.path());
    synchronized (remembered) {
      byte[] known = remembered.get(address);
      if (known != null) {
        return known.clone();
      }
    }
    byte[] certificate = get(address);
    if (isCertificate(certificate)) {
      synchronized (remembered) {
        remembered.put(address, certificate.clone());
      }
    }
    return certificate;
  }

  /** What is none is handed on to be refused, but not remembered: the next answer may be better. */
  private static boolean isCertificate(byte[] bytes) {
    try {
      VcekCertificate.parse(bytes);
      return true;
    } catch (EvidenceException e) {
      return false;
    }
  }

  private byte[] get(URI address) {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout).GET().build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, head -> new BoundedBody(VcekCertificate.MAX_SIZE));
    try {
      // The client's own time-out ends with the head of the answer.
      HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != OK) {
        throw refused(
            "Unable to fetch VCEK from URL: " + response.statusCode() + ", \"" + address + "\"");
      }
      return response.body();
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw refused("Unable to send request for VCEK: interrupted");
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw refused(
          "Unable to send request for VCEK: no answer of \"%s\" within %s"
              .formatted(address, timeout));
    } catch (ExecutionException e) {
      throw refused("Unable to send request for VCEK: \"%s\": %s".formatted(address, e.getCause()));
    }
  }

  private static EvidenceException refused(String message) {
    return EvidenceException.of(Refusal.VEK_SOURCES, message);
  }

  @Override
  public String toString() {
    return "KDS " + base;
  }
}
