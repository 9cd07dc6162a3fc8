#pragma once

#include <map>
#include <vector>

#include "runtime/program.h"

namespace quantrail {

/// What a storage holds, by how it came about: equal digests, equal bytes. For programs of one network, quantization
/// and batch.
struct Content {
  Digest digest{};
  StorageId storage = 0;
  std::size_t bytes = 0;
  bool adds = false;  ///< the storage held something before, of which the step may have left a part
};

/// Position 0: before the first step; n: after n steps.
using Contents = std::map<std::size_t, std::vector<Content>>;

/// What `program` puts where, when. `inputs`: the storages of its inputs, in order.
[[nodiscard]] Contents contents_of(const Program& program, const std::vector<StorageId>& inputs);

/// What is left to do of a program where contents of another one are at hand.
struct Suffix {
  struct Part {
    bool runs = false;     ///< a step, else a content that is taken over
    std::size_t step = 0;  ///< position in the program
    Content content{};
  };
  std::vector<Part> parts{};  ///< in order
};

/// What must run of `program` to compute `wanted` (storages as they are in the end) where everything in `known` can be
/// taken over. A content is taken over at the point at which the program would have computed it, since its storage may
/// lie where another one lay before.
[[nodiscard]] Suffix suffix_of(const Program& program, const std::vector<StorageId>& inputs,
                               const std::vector<StorageId>& wanted, const std::map<Digest, std::size_t>& known);

}  // namespace quantrail
