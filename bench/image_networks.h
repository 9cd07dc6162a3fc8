#pragma once

#include <cstdint>

#include "model/graph.h"

namespace quantrail::bench {

// BatchNormalization folded, random weights chosen so that activations neither vanish nor explode. Input "image"
// [N, 3, 224, 224], output "logits" [N, 1000], opset 13.

/// Of ResNet-50's shape (v1.5: the stride sits in the 3x3 convolutions).
[[nodiscard]] Graph resnet50(std::uint32_t seed);

/// Of MobileNetV2's shape, width 1.
[[nodiscard]] Graph mobilenetv2(std::uint32_t seed);

}  // namespace quantrail::bench
