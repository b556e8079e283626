/** What stands outside the cluster: the plain key server of the traditional twin. */
package dev.cocolab.lab.remote;
