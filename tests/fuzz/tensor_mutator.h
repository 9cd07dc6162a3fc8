#pragma once

#include "fuzz/dice.h"

namespace onnx {
class TensorProto;
}

namespace quantrail::fuzz {

/// Changes sizes, element type or contents of a constant; mostly so that they still fit each other.
void change_tensor(onnx::TensorProto& tensor, Dice& dice);

/// An element type: one that many networks use, or any number.
[[nodiscard]] std::int32_t any_element_type(Dice& dice);

}  // namespace quantrail::fuzz
