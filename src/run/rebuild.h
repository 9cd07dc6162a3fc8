#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "export/export.h"
#include "model/graph.h"
#include "run/ports.h"

namespace quantrail {

/// The quantization that an iteration refers to (IterationRecord::quantization), from the store, checked against its
/// digest. Errors: Storage when it is not there or not whole.
[[nodiscard]] Result<Quantization> stored_quantization(AnswerStore& store, const Digest& digest);

/// The file of an iteration, bit for bit as it was measured: `graph` is the canonical form of the model whose hash is
/// `model`. Errors: as above; Storage when the bytes are not those that the record names; those of exported().
[[nodiscard]] Result<ExportedModel> rebuilt(const Digest& model, const Graph& graph, const IterationRecord& iteration,
                                            RevertMode mode, AnswerStore& store);

/// SHA-256 of the file's bytes.
[[nodiscard]] Digest snapshot_hash(const ExportedModel& exported);

}  // namespace quantrail
