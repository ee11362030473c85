// How the program of `crowd.ts` is put together: a file for Node with all that it needs.
export default {
  ssr: { noExternal: true },
  build: { emptyOutDir: true, minify: false, target: "node20" },
};
