/**
 * The services that hand out what a verifier needs beside evidence, emulated: AMD's key
 * distribution service and Intel's provisioning certification service, as a function from request
 * to answer, and the faults they can be given.
 */
package dev.cocolab.tee.collateral;
