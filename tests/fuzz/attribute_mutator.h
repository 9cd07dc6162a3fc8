#pragma once

#include "fuzz/dice.h"

namespace onnx {
class NodeProto;
}

namespace quantrail::fuzz {

/// Changes, adds or removes one attribute of a node, mostly one that its operator knows.
void change_attribute(onnx::NodeProto& node, Dice& dice);

/// Any operator that libonnx knows.
[[nodiscard]] std::string any_operator(Dice& dice);

}  // namespace quantrail::fuzz
