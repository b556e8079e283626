package dev.cocolab.lab;

import java.util.Objects;

/** A lab cannot start or go on here; the message names the cause and what the user can do. */
public final class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The home folder cannot be written. */
    HOME_UNUSABLE,
    /** The disk is full. */
    DISK_FULL,
    /** Linux namespaces are not permitted to this user. */
    NAMESPACES_REFUSED,
    /** The folder for temporary files cannot be used. */
    TEMP_UNUSABLE,
    /** A program that the lab needs is not installed. */
    TOOL_MISSING,
    /** The asked port is in use. */
    PORT_TAKEN,
    /** All loopback networks that a lab may use are in use. */
    NO_LOOPBACK_NETWORK,
    /** A part of the lab did not become ready in time. */
    NOT_READY,
    /** Another lab works on the data folder. */
    DATA_IN_USE,
    /** The data folder was written in another format. */
    DATA_OTHER_VERSION,
    /** The folder that was named for data holds something else. */
    DATA_FOREIGN,
    /** The data folder belongs to another home folder. */
    DATA_OTHER_HOME,
    /** The data folder is damaged, and not only at its unfinished end. */
    DATA_DAMAGED,
    /** The data folder cannot be read or written. */
    DATA_UNUSABLE,
    /** The kubeconfig of a cluster to join cannot be used. */
    KUBECONFIG_UNUSABLE,
    /** The API server of a cluster to join does not answer. */
    CLUSTER_UNREACHABLE,
    /** The cluster does not take the credentials, or they do not suffice. */
    CLUSTER_REFUSES,
    /** The cluster has objects of the lab's names that no lab made. */
    CLUSTER_FOREIGN,
    /** Another lab works on the cluster. */
    CLUSTER_IN_USE,
    /** The cluster lacks something that a lab needs. */
    CLUSTER_UNFIT
  }

  private final Reason reason;

  public LabException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public LabException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
