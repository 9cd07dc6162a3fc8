#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.h"
#include "base/hash.h"
#include "model/load.h"
#include "tracking/store.h"

namespace quantrail::tracking {

/// Above this a base model is not copied, only found again where it was.
inline constexpr std::uint64_t kLargestKeptModel = 4ULL << 30U;

/// Keeps a copy of the model's files, external data included, in the store as models/<hash>/, so that the run can be
/// continued and exported when the original was overwritten. Shares blocks with the original where the file system
/// can, is complete before it shows, and costs nothing when the model is kept already.
/// False: larger than `largest`, not kept. Errors: Storage; InvalidInput when the files changed since they were loaded.
[[nodiscard]] Result<bool> keep_model(const Store& store, const Model& model,
                                      std::uint64_t largest = kLargestKeptModel);

/// The same where a copy may be damaged: one whose content is another goes first.
[[nodiscard]] Result<bool> renew_kept_model(const Store& store, const Model& model);

/// The model whose hash is `hash`: the kept copy, or else the file at `original`, whichever still has that content.
/// Errors: InvalidInput when neither has, naming both.
[[nodiscard]] Result<Model> base_model(const Store& store, const Digest& hash, const std::filesystem::path& original);

enum class KeptCopy { Whole, Missing, Damaged };
/// What became of the store's copy, all of which is read.
[[nodiscard]] KeptCopy kept_copy(const Store& store, const Digest& hash);

}  // namespace quantrail::tracking
