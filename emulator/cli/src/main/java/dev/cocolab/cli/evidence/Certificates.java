package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads X.509 certificates, PEM or DER, from files and folders. */
final class Certificates {
  /** Folders below the one that was named; vectors keep one folder a vendor. */
  private static final int MAX_DEPTH = 3;

  private static final int MAX_FILES = 256;
  private static final int MAX_CERTIFICATES = 64;
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final Pattern PEM =
      Pattern.compile(BEGIN + "([A-Za-z0-9+/=\\s]*)-----END CERTIFICATE-----");

  /** ASN.1 SEQUENCE whose length takes two bytes, as that of every certificate seen. */
  private static final byte[] DER = {0x30, (byte) 0x82};

  private static final List<String> ENDINGS = List.of(".pem", ".der", ".crt", ".cer");

  /**
   * A certificate and where it was found.
   *
   * @param certificate the certificate
   * @param origin file, for messages
   */
  record Found(X509Certificate certificate, String origin) {}

  private Certificates() {}

  /**
   * All certificates of a folder and the folders in it, by path. Keys, revocation lists and files
   * of other formats are passed over; a file that is named like a certificate has to be one.
   *
   * @throws CliException {@link ExitCode#USAGE}
   */
  static List<Found> ofFolder(Path folder) {
    List<Found> found = new ArrayList<>();
    for (Path file : files(folder)) {
      InputFile input = InputFile.read(file);
      if (isRevocationList(input)) {
        continue;
      }
      if (isCertificate(input)) {
        found.addAll(ofFile(input));
      } else if (ENDINGS.stream().anyMatch(name(file)::endsWith) && !isPem(input)) {
        throw refused(file.toString(), "it is neither PEM nor DER of a certificate");
      }
    }
    return found;
  }

  private static boolean isRevocationList(InputFile input) {
    if (!input.startsWith(DER)) {
      return false;
    }
    try {
      CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(input.bytes()));
      return true;
    } catch (CertificateException | CRLException e) {
      return false;
    }
  }

  static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder, MAX_DEPTH)) {
      List<Path> files = all.filter(Files::isRegularFile).sorted().limit(MAX_FILES + 1L).toList();
      if (files.size() > MAX_FILES) {
        throw new CliException(
            ExitCode.USAGE, "%s holds more than %d files".formatted(folder, MAX_FILES));
      }
      return files;
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new CliException(
          ExitCode.USAGE, "cannot read the folder %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /** Whether the file begins like one. */
  static boolean isCertificate(InputFile input) {
    return input.startsWith(DER) || (isPem(input) && ascii(input.bytes()).contains(BEGIN));
  }

  /** Text before the first block is allowed; a quote, which holds a chain, is not text. */
  private static boolean isPem(InputFile input) {
    byte[] bytes = input.bytes();
    return bytes.length > 0 && bytes[0] >= '\n' && ascii(bytes).contains("-----BEGIN ");
  }

  /**
   * The certificates of one file, in its order.
   *
   * @throws CliException {@link ExitCode#USAGE} if there is none, or one that cannot be read
   */
  static List<Found> ofFile(InputFile input) {
    return ofBytes(input.bytes(), input.path().toString());
  }

  static List<Found> ofBytes(byte[] content, String origin) {
    List<Found> found = new ArrayList<>();
    String text = ascii(content);
    if (!text.contains(BEGIN)) {
      found.add(new Found(certificate(content, origin), origin));
      return found;
    }
    Matcher blocks = PEM.matcher(text);
    while (blocks.find()) {
      found.add(new Found(certificate(decoded(blocks.group(1), origin), origin), origin));
      if (found.size() > MAX_CERTIFICATES) {
        throw refused(origin, "it holds more than " + MAX_CERTIFICATES + " certificates");
      }
    }
    if (found.isEmpty()) {
      throw refused(origin, "its PEM breaks off");
    }
    return found;
  }

  private static byte[] decoded(String body, String origin) {
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw refused(origin, "its PEM is not base64");
    }
  }

  private static X509Certificate certificate(byte[] der, String origin) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw refused(origin, "it is no X.509 certificate");
    }
  }

  /** The common name of the subject; empty if it has none. */
  static Optional<String> commonName(X509Certificate certificate) {
    Matcher name =
        Pattern.compile("(?:^|,)CN=([^,]*)")
            .matcher(certificate.getSubjectX500Principal().getName());
    return name.find() ? Optional.of(name.group(1)) : Optional.empty();
  }

  /** The certificate as it was read. */
  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  private static CliException refused(String origin, String why) {
    return new CliException(
        ExitCode.USAGE, "cannot use %s as a certificate: %s".formatted(origin, why));
  }

  private static String name(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
