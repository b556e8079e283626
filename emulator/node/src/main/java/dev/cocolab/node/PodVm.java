package dev.cocolab.node;

import java.util.UUID;

/**
 * An emulated confidential VM that exists now.
 *
 * @param name {@code podvm-<pod>-<8 hex>}
 * @param size Azure VM size
 * @param vmId the identity that its evidence carries
 * @param podNamespace namespace of its pod
 * @param podName name of its pod
 */
public record PodVm(String name, String size, UUID vmId, String podNamespace, String podName) {}
