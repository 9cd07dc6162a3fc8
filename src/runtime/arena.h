#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include "runtime/program.h"

namespace quantrail {

inline constexpr std::size_t kAlignment = 64;

/// Where each storage of a program lies in one block of memory. Storages that are never needed at the same time share
/// bytes; constants have no place (offset 0).
struct ArenaLayout {
  std::vector<std::size_t> offsets{};  ///< parallel to Program::storages, multiples of kAlignment
  std::size_t scratch = 0;             ///< offset of the scratch memory that all steps share
  std::size_t bytes = 0;
};

/// Largest storages first, each at the lowest offset that is free during its life.
[[nodiscard]] ArenaLayout arranged(const Program& program);

/// Uninitialised memory, aligned to kAlignment.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::size_t bytes);
  [[nodiscard]] std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* data) const noexcept { std::free(data); }
  };
  std::unique_ptr<std::byte, Free> data_;
};

}  // namespace quantrail
