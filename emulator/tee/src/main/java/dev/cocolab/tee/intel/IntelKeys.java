package dev.cocolab.tee.intel;

import dev.cocolab.tee.keys.CertifiedKey;
import dev.cocolab.tee.keys.KeyFolder;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The authorities with their private keys, P-256, kept in {@code intel/} below the folder of the
 * platform.
 *
 * @param root signs itself and the other two
 * @param platformCa signs PCK certificates
 * @param tcbSigning signs TCB info and QE identity
 */
record IntelKeys(CertifiedKey root, CertifiedKey platformCa, CertifiedKey tcbSigning) {

  static final String FOLDER = "intel";
  private static final String ROOT = "root";
  private static final String PLATFORM_CA = "platform-ca";
  private static final String TCB_SIGNING = "tcb-signing";

  static IntelKeys open(Path parent, SecureRandom random) {
    KeyFolder folder = KeyFolder.ofRoot(parent, FOLDER, List.of(ROOT, PLATFORM_CA, TCB_SIGNING));
    Map<String, CertifiedKey> keys = folder.load().orElseGet(() -> folder.keep(generate(random)));
    return new IntelKeys(keys.get(ROOT), keys.get(PLATFORM_CA), keys.get(TCB_SIGNING));
  }

  private static Map<String, CertifiedKey> generate(SecureRandom random) {
    IntelCertificates certificates = new IntelCertificates(random);
    KeyPair rootPair = IntelCertificates.newKey(random);
    CertifiedKey root = new CertifiedKey(certificates.root(rootPair), rootPair.getPrivate());
    KeyPair platform = IntelCertificates.newKey(random);
    KeyPair tcb = IntelCertificates.newKey(random);
    Map<String, CertifiedKey> keys = new LinkedHashMap<>();
    keys.put(ROOT, root);
    keys.put(
        PLATFORM_CA,
        new CertifiedKey(
            certificates.platformAuthority(platform.getPublic(), root), platform.getPrivate()));
    keys.put(
        TCB_SIGNING,
        new CertifiedKey(certificates.tcbSigning(tcb.getPublic(), root), tcb.getPrivate()));
    return keys;
  }
}
