#pragma once

#include <cstdint>
#include <string_view>

namespace quantrail::fuzz {

/// How far a model came.
enum class Stage : std::uint8_t {
  Refused,    ///< by loading
  Loaded,     ///< but it cannot be made canonical, or no made-up input sizes fit it
  Shaped,     ///< but the runtime cannot run it
  Planned,    ///< but running it would take too much, or it refused the made-up inputs
  Ran,        ///< but it cannot be quantized
  Quantized,  ///< computed in integers, exported, and loaded again
};

/// Leads the bytes of an ONNX file the way of a user's model: loading, canonicalisation, shapes, placement, a plan;
/// and, where that is cheap, a run, calibration, an integer plan, exports and loading them again. Inputs are made up;
/// nothing outside of `bytes` is read. Aborts when an export cannot be loaded, although libonnx's checker accepted the
/// model.
Stage led_through(std::string_view bytes);

}  // namespace quantrail::fuzz
