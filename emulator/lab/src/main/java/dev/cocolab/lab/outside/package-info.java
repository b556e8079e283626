/**
 * What somebody outside of a cluster can do who has no genuine hardware and wants something from
 * its Trustee: emulated or real.
 */
package dev.cocolab.lab.outside;
