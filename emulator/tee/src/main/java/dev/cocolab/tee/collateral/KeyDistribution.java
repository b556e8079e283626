package dev.cocolab.tee.collateral;

import dev.cocolab.evidence.AmdGeneration;
import dev.cocolab.evidence.AmdRoots;
import dev.cocolab.evidence.snp.TcbVersion;
import dev.cocolab.tee.PlatformAuthority;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * AMD's key distribution service (VCEK certificate and KDS interface specification, 57230): VCEK
 * certificates, chains and revocation lists of the authorities of this machine.
 */
final class KeyDistribution {

  private static final Pattern PATH = Pattern.compile("/(vcek|vlek)/v1/([A-Za-z]+)/([^/]+)");
  private static final Pattern HARDWARE_ID = Pattern.compile("[0-9a-fA-F]{16}|[0-9a-fA-F]{128}");
  private static final Pattern LEVEL = Pattern.compile("\\d{1,3}");
  private static final int SHORT_ID = 16;

  private final Map<AmdGeneration, PlatformAuthority> authorities =
      new EnumMap<>(AmdGeneration.class);

  KeyDistribution(List<PlatformAuthority> authorities) {
    authorities.forEach(authority -> this.authorities.put(authority.generation(), authority));
  }

  /** The answer; empty if the path belongs to another service. */
  Optional<CollateralAnswer> answer(CollateralRequest request) {
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      return Optional.empty();
    }
    Optional<PlatformAuthority> authority =
        authorities.values().stream()
            .filter(one -> one.generation().productName().equals(path.group(2)))
            .findFirst();
    if (authority.isEmpty()) {
      return Optional.of(CollateralAnswer.notFound("no product " + path.group(2)));
    }
    boolean chip = path.group(1).equals("vcek");
    return Optional.of(
        switch (path.group(3)) {
          case "cert_chain" -> chain(authority.get(), chip);
          case "crl" -> CollateralAnswer.ok("application/pkix-crl", authority.get().revocations());
          default ->
              chip
                  ? vcek(authority.get(), path.group(3), request)
                  : CollateralAnswer.notFound("VLEK certificates are given to providers only");
        });
  }

  private static CollateralAnswer chain(PlatformAuthority authority, boolean chip) {
    AmdRoots.Chain chain =
        chip ? authority.roots().chains(authority.generation()).get(0) : authority.providerChain();
    X509Certificate intermediate = chip ? chain.ask() : chain.asvk().orElseThrow();
    return CollateralAnswer.ok(
        "application/x-pem-file",
        (pem(intermediate) + pem(chain.ark())).getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(X509Certificate certificate) {
    try {
      byte[] newline = {'\n'};
      String body = Base64.getMimeEncoder(64, newline).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("certificate cannot be encoded", e);
    }
  }

  private static CollateralAnswer vcek(
      PlatformAuthority authority, String hardwareId, CollateralRequest request) {
    boolean turin = authority.generation() == AmdGeneration.TURIN;
    if (!HARDWARE_ID.matcher(hardwareId).matches() || (hardwareId.length() == SHORT_ID) != turin) {
      return CollateralAnswer.badRequest(
          "the hardware id of "
              + authority.generation().productName()
              + " has "
              + (turin ? SHORT_ID : 8 * SHORT_ID)
              + " hex digits");
    }
    int[] levels = new int[5];
    String[] names = {"blSPL", "teeSPL", "snpSPL", "ucodeSPL", "fmcSPL"};
    for (int i = 0; i < (turin ? 5 : 4); i++) {
      Optional<Integer> level = level(request, names[i]);
      if (level.isEmpty()) {
        return CollateralAnswer.badRequest(names[i] + " is a number from 0 to 255");
      }
      levels[i] = level.get();
    }
    TcbVersion tcb =
        new TcbVersion(
            turin ? OptionalInt.of(levels[4]) : OptionalInt.empty(),
            levels[0],
            levels[1],
            levels[2],
            levels[3]);
    byte[] chip = HexFormat.of().parseHex(hardwareId);
    return CollateralAnswer.ok("application/pkix-cert", authority.vcekOf(chip, tcb));
  }

  private static Optional<Integer> level(CollateralRequest request, String name) {
    return request
        .parameter(name)
        .filter(text -> LEVEL.matcher(text).matches())
        .map(Integer::valueOf)
        .filter(level -> level <= 0xff);
  }
}
