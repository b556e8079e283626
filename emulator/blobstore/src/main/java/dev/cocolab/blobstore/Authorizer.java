package dev.cocolab.blobstore;

import io.vertx.core.MultiMap;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Decides whether a request may do what it asks for: Shared Key, service SAS or account SAS. */
final class Authorizer {

  /** Nothing that Java would look up as a name. */
  private static final Pattern ADDRESS =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}|[0-9a-fA-F]*:[0-9a-fA-F:.]+");

  private final Map<String, StorageAccount> accounts;
  private final Clock clock;
  private final boolean https;

  Authorizer(Map<String, StorageAccount> accounts, Clock clock, boolean https) {
    this.accounts = Map.copyOf(accounts);
    this.clock = clock;
    this.https = https;
  }

  /**
   * Returns when the request is allowed, otherwise throws the service's refusal.
   *
   * @param remote address of the client, for {@code sip}
   * @param blobExists asked only where creating and overwriting need different permissions
   * @return whether the permission is one to create only, and ends when somebody else creates
   */
  boolean check(
      Operation operation,
      String verb,
      RequestTarget target,
      MultiMap headers,
      String remote,
      BooleanSupplier blobExists) {
    StorageAccount account = accounts.get(target.account());
    if (account == null) {
      throw new RefusedException(BlobError.RESOURCE_NOT_FOUND);
    }
    Instant now = clock.instant();
    String authorization = headers.get("Authorization");
    if (authorization != null && !authorization.startsWith("SharedKey ")) {
      throw new RefusedException(
          BlobError.INVALID_AUTHENTICATION_INFO,
          Map.of(
              "AuthenticationErrorDetail",
              "Only SharedKey is supported in the Authorization header; or use a SAS."));
    }
    if (authorization != null) {
      SharedKey.check(account, verb, target, headers, now);
      return false;
    }
    SasToken sas =
        SasToken.of(target)
            .orElseThrow(() -> new RefusedException(BlobError.PUBLIC_ACCESS_NOT_PERMITTED));
    sas.checkSignature(account, target);
    sas.checkTime(now);
    checkScope(sas, operation, remote);
    String letters = sas.field("sp");
    if (operation.granted(letters)) {
      return false;
    }
    boolean creates = operation.createsBlob() && letters.indexOf('c') >= 0;
    if (!creates || blobExists.getAsBoolean()) {
      throw new RefusedException(BlobError.AUTHORIZATION_PERMISSION_MISMATCH);
    }
    return true;
  }

  private void checkScope(SasToken sas, Operation operation, String remote) {
    List<String> protocols = List.of(sas.field("spr").split(",", -1));
    if (!sas.field("spr").isEmpty() && !protocols.contains(https ? "https" : "http")) {
      throw new RefusedException(BlobError.AUTHORIZATION_PROTOCOL_MISMATCH);
    }
    if (!sas.field("sip").isEmpty() && !inRange(sas.field("sip"), remote)) {
      throw new RefusedException(BlobError.AUTHORIZATION_SOURCE_IP_MISMATCH);
    }
    if (sas.isAccountSas()) {
      if (sas.field("ss").indexOf('b') < 0) {
        throw new RefusedException(BlobError.AUTHORIZATION_SERVICE_MISMATCH);
      }
      if (sas.field("srt").indexOf(operation.resourceType()) < 0) {
        throw new RefusedException(BlobError.AUTHORIZATION_RESOURCE_TYPE_MISMATCH);
      }
    } else if (!operation.allowedByServiceSas()) {
      throw new RefusedException(BlobError.AUTHORIZATION_FAILURE);
    } else if (operation.onContainer() && !sas.field("sr").equals("c")) {
      throw new RefusedException(BlobError.AUTHORIZATION_RESOURCE_TYPE_MISMATCH);
    }
  }

  private static boolean inRange(String sip, String remote) {
    String[] bounds = sip.split("-", 2);
    BigInteger low = number(bounds[0]);
    BigInteger high = number(bounds[bounds.length - 1]);
    BigInteger asked = number(remote);
    return asked.compareTo(low) >= 0 && asked.compareTo(high) <= 0;
  }

  private static BigInteger number(String address) {
    if (!ADDRESS.matcher(address).matches()) {
      throw RefusedException.authentication("Signature fields not well formed.");
    }
    try {
      return new BigInteger(1, InetAddress.getByName(address).getAddress());
    } catch (UnknownHostException e) {
      throw RefusedException.authentication("Signature fields not well formed.");
    }
  }
}
