#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// Bytes that can be read at any offset, by several threads at once.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Fills `out` from `offset` on. Errors: InvalidInput when the bytes end before or cannot be read.
  [[nodiscard]] virtual Status read(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

/// A regular file, which stays open; nothing of it is kept in memory, and one that is written to meanwhile is an error:
/// what it was known by would not be true of what is read.
[[nodiscard]] Result<std::shared_ptr<const ByteSource>> open_bytes(const std::filesystem::path& path);
[[nodiscard]] std::shared_ptr<const ByteSource> bytes_in_memory(std::vector<std::byte> bytes);

}  // namespace quantrail
