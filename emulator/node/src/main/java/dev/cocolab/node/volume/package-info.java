/** Volumes and environment of pods, made from objects of the cluster. */
package dev.cocolab.node.volume;
