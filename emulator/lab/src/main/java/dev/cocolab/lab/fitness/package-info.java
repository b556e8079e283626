/** Whether this machine can run a lab and, where it cannot, what the user can do about it. */
package dev.cocolab.lab.fitness;
