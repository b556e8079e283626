/** The objects that the workshop's two setup phases leave in a cluster. */
package dev.cocolab.lab.setup;
