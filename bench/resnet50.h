#pragma once

#include <cstdint>

#include "model/graph.h"

namespace quantrail::bench {

/// A network of ResNet-50's shape (v1.5: the stride sits in the 3x3 convolutions), BatchNormalization folded, with
/// random weights: He's initialisation, and residual branches that add a quarter of variance each, so that activations
/// neither vanish nor explode. Input "image" [N, 3, 224, 224], output "logits" [N, 1000], opset 13.
[[nodiscard]] Graph resnet50(std::uint32_t seed);

}  // namespace quantrail::bench
