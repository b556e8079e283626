/**
 * The confidential VM of a pod: its size, its initdata, its guest (cloud-api-adaptor and kata
 * shim).
 */
package dev.cocolab.node.vm;
