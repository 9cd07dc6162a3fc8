#pragma once

#include <span>

#include "model/codes.h"
#include "model/quantization.h"
#include "model/tensor.h"

namespace quantrail {

// From real ranges to the parameters of 8-bit codes, by the rules of OpenVINO's Post-training Optimization Tool (POT),
// but with zero points that are always whole, so that real zero has an exact code.

/// Activations whose largest magnitude is `magnitude` (8e-5 where it is 0, and at least 1e-12). Non-negative ones use
/// all 256 codes from zero, step magnitude / 255; signed ones zero point 128 and step magnitude / 127.
[[nodiscard]] ActivationParams symmetric_params(double magnitude, bool non_negative);

/// Activations in [lo, hi]. A range narrower than 8e-4 is widened by that on both sides (unless all of it, with zero,
/// is as small: values in small units keep their codes), then made to contain zero; then one border moves outward until
/// zero falls on a code. Where zero would be the first or last code although the range crosses it, by less than half a
/// step, that remainder saturates.
[[nodiscard]] ActivationParams asymmetric_params(double lo, double hi);

/// `params` with the step made no larger than what keeps all codes inside `bounds`, so that the Relu or Clip that gave
/// the bounds changes no code. Bounds that exclude zero or nearly touch it are left alone; where the nearer one would
/// cut off what lies towards the other, only the farther one counts.
[[nodiscard]] ActivationParams within(Bounds bounds, ActivationParams params);

/// Whether codes with this zero point cannot be kept inside `bounds` without losing more than a code or two of the
/// values between them: so symmetric codes and a Clip with bounds of different widths.
[[nodiscard]] bool cut_by(Bounds bounds, ActivationParams params);

/// The same steps, enlarged in the channels where `bias` in steps of the accumulator (input_scale * step) would exceed
/// a quarter of int32's range: there must be room for the products too. `bias` may be empty; where all channels share
/// one step, the largest decides.
[[nodiscard]] WeightParams with_room_for_bias(WeightParams params, std::span<const float> bias, float input_scale);

}  // namespace quantrail
