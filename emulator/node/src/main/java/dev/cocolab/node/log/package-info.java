/** Output of containers: stored with the time of each line, bounded, readable while it grows. */
package dev.cocolab.node.log;
