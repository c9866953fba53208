import 'reflect-metadata';

// Stack traces and coverage speak of the .ts files.
process.setSourceMapsEnabled(true);
