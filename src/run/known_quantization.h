#pragma once

#include <memory>

#include "base/hash.h"
#include "model/quantization.h"

namespace quantrail {

/// A quantization with its digest, which is worked out once.
struct KnownQuantization {
  Quantization value{};
  Digest digest{};
};

[[nodiscard]] inline std::shared_ptr<const KnownQuantization> known(Quantization value) {
  const Digest digest = value.digest();
  return std::make_shared<const KnownQuantization>(KnownQuantization{std::move(value), digest});
}

}  // namespace quantrail
