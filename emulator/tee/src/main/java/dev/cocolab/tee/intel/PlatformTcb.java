package dev.cocolab.tee.intel;

import java.util.Arrays;
import java.util.List;

/**
 * The security version numbers of a platform, 0 to 255 each unless said otherwise.
 *
 * @param sgx the 16 components of the PCK certificate
 * @param pceSvn of the provisioning certification enclave, 0 to 65535
 * @param tdx the 16 components of a TD report: module SVN, module version, microcode, reserved
 * @param qeSvn of the quoting enclave, 0 to 65535
 */
public record PlatformTcb(List<Integer> sgx, int pceSvn, List<Integer> tdx, int qeSvn) {

  /** Number of components. */
  public static final int COMPONENTS = 16;

  private static final PlatformTcb CURRENT =
      new PlatformTcb(filled(7, 7, 2, 2, 4, 1, 0, 5), 13, filled(6, 1, 7), 5);

  public PlatformTcb {
    sgx = checked(sgx);
    tdx = checked(tdx);
    if (pceSvn < 0 || pceSvn > 0xffff || qeSvn < 0 || qeSvn > 0xffff) {
      throw new IllegalArgumentException("an enclave's security version has 16 bits");
    }
  }

  private static List<Integer> checked(List<Integer> components) {
    if (components.size() != COMPONENTS
        || components.stream().anyMatch(svn -> svn < 0 || svn > 0xff)) {
      throw new IllegalArgumentException("16 components of one byte, not " + components);
    }
    return List.copyOf(components);
  }

  /** The platform of this machine, up to date. */
  public static PlatformTcb current() {
    return CURRENT;
  }

  /** 16 components that begin with these; the rest is 0. */
  public static List<Integer> filled(int... first) {
    return Arrays.stream(Arrays.copyOf(first, COMPONENTS)).boxed().toList();
  }

  /** The same with other components in the PCK certificate. */
  public PlatformTcb withSgx(List<Integer> components) {
    return new PlatformTcb(components, pceSvn, tdx, qeSvn);
  }

  /** The same with other components in TD reports. */
  public PlatformTcb withTdx(List<Integer> components) {
    return new PlatformTcb(sgx, pceSvn, components, qeSvn);
  }

  /** The same with another version of the quoting enclave. */
  public PlatformTcb withQeSvn(int svn) {
    return new PlatformTcb(sgx, pceSvn, tdx, svn);
  }

  /** Components as bytes. */
  static byte[] bytes(List<Integer> components) {
    byte[] bytes = new byte[components.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) components.get(i);
    }
    return bytes;
  }
}
