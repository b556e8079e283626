package dev.cocolab.node;

/**
 * An emulated confidential VM that exists now.
 *
 * @param name {@code podvm-<pod>-<8 hex>}
 * @param size Azure VM size
 * @param podNamespace namespace of its pod
 * @param podName name of its pod
 */
public record PodVm(String name, String size, String podNamespace, String podName) {}
