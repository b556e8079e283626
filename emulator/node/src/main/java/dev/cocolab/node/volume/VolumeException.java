package dev.cocolab.node.volume;

/** A volume or variable cannot be made now; the message is what the kubelet would say. */
public final class VolumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the kubelet's words. */
  public VolumeException(String message) {
    super(message);
  }

  /** With the kubelet's words and the cause. */
  public VolumeException(String message, Throwable cause) {
    super(message, cause);
  }
}
