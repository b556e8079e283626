package dev.cocolab.apiserver;

import java.util.Objects;

/**
 * How the API server reaches kubelets for {@code pods/log}: mutual TLS to the InternalIP and
 * kubelet port of the Node object.
 *
 * @param client certificate and key shown to the kubelet
 * @param caPem PEM text of the authority that signs kubelet serving certificates; their subject
 *     alternative names must hold the node's InternalIP
 */
public record KubeletAccess(PemIdentity client, String caPem) {
  public KubeletAccess {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(caPem, "caPem");
  }
}
