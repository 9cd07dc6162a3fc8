#include "run/rebuild.h"

#include <span>

namespace quantrail {

Result<Quantization> stored_quantization(AnswerStore& store, const Digest& digest) {
  const auto bytes = store.find_blob(digest);
  if (!bytes) return failed(bytes);
  if (!*bytes) return fail(Cause::Storage, "the store has no quantization {}", digest.hex());
  auto quantization = parsed_quantization(**bytes);
  if (!quantization) return failed(quantization, "quantization " + digest.hex());
  if (quantization->digest() != digest) {
    return fail(Cause::Storage, "the stored quantization {} is another one ({})", digest.hex(),
                quantization->digest().hex());
  }
  return quantization;
}

Result<ExportedModel> rebuilt(const Digest& model, const Graph& graph, const IterationRecord& iteration,
                              RevertMode mode, AnswerStore& store) {
  const auto quantization = stored_quantization(store, iteration.quantization);
  if (!quantization) return failed(quantization);
  const std::set<std::string, std::less<>> reverted(iteration.reverted_groups.begin(), iteration.reverted_groups.end());
  auto made = exported(graph, *quantization, reverted, mode, {.base = model});
  if (!made) return made;
  if (snapshot_hash(*made) != iteration.snapshot_hash) {
    return fail(Cause::Storage, "iteration {} does not come out as it was recorded: its file is {}, recorded is {}",
                iteration.index, snapshot_hash(*made).hex(), iteration.snapshot_hash.hex());
  }
  return made;
}

Digest snapshot_hash(const ExportedModel& exported) { return sha256(std::as_bytes(std::span(exported.bytes))); }

}  // namespace quantrail
