package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.auth.SubjectValues;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Whom a request for a certificate (PKCS #10, RFC 2986, PEM in Base64) names. */
public final class CertificateSubject {
  private CertificateSubject() {}

  /** The subject; empty when the text is no request. */
  static Optional<X500Name> parse(String base64) {
    try (PEMParser parser =
        new PEMParser(
            new StringReader(
                new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII)))) {
      return parser.readObject() instanceof PKCS10CertificationRequest request
          ? Optional.of(request.getSubject())
          : Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Each O of the subject; empty when the text is no request. */
  public static List<String> organizations(String base64) {
    return parse(base64).stream()
        .flatMap(name -> SubjectValues.of(name, BCStyle.O).stream())
        .toList();
  }
}
