#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/hash.h"

namespace quantrail {

/// What an iteration's record says of its file, remembered so that a run which is repeated need not write files again.
struct SnapshotFacts {
  double int8_macs_share = 0.0;
  std::uint64_t size_bytes = 0;
  Digest hash{};  ///< SHA-256 of the file
  std::vector<std::string> float_in_onnxruntime{};
  bool operator==(const SnapshotFacts&) const = default;
};

[[nodiscard]] std::vector<std::uint8_t> serialised(const SnapshotFacts& facts);
/// Nothing where the bytes are damaged.
[[nodiscard]] std::optional<SnapshotFacts> parsed_snapshot_facts(std::span<const std::uint8_t> bytes);

}  // namespace quantrail
