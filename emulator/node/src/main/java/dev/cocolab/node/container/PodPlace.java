package dev.cocolab.node.container;

import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.volume.PodVolume;
import dev.cocolab.sandbox.PodSandbox;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What containers of one pod share.
 *
 * @param directory private directory of the pod on this machine
 * @param podIp address of the pod
 * @param sandboxId 64 hexadecimal digits
 * @param hostname host name inside
 * @param files names and hosts
 * @param volumes by name
 * @param sandbox absent if all containers are resident programs
 * @param machine the confidential VM, if the pod has one
 */
record PodPlace(
    Path directory,
    String podIp,
    String sandboxId,
    String hostname,
    NetworkFiles files,
    Map<String, PodVolume> volumes,
    Optional<PodSandbox> sandbox,
    Optional<PodMachine> machine) {}
