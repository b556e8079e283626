package dev.cocolab.azure;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;

/**
 * The JDK's HTTP client, bare and as Azure's libraries want it, with a time-out on everything.
 *
 * @param plain for services that need no sign-in
 * @param azure for Azure's libraries
 * @param answer how long one answer may take, from the request to its headers
 */
public record Transport(HttpClient plain, com.azure.core.http.HttpClient azure, Duration answer) {
  /** A request that Azure does not answer in this time is given up. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);

  public Transport {
    Objects.requireNonNull(plain, "plain");
    Objects.requireNonNull(azure, "azure");
    Objects.requireNonNull(answer, "answer");
  }

  /** With the machine's trusted roots. */
  public static Transport standard() {
    return of(HttpClient.newBuilder(), PATIENCE);
  }

  /** With trusted roots of the caller's. */
  public static Transport trusting(SSLContext tls, Duration answer) {
    return of(HttpClient.newBuilder().sslContext(tls), answer);
  }

  private static Transport of(HttpClient.Builder builder, Duration answer) {
    builder.connectTimeout(answer).followRedirects(HttpClient.Redirect.NEVER);
    HttpClient plain = builder.build();
    return new Transport(
        plain,
        new JdkHttpClientBuilder(builder)
            .connectionTimeout(answer)
            .responseTimeout(answer)
            .readTimeout(answer)
            .writeTimeout(answer)
            .build(),
        answer);
  }
}
