#pragma once

#include <filesystem>

#include "app/iteration_model.h"

namespace quantrail::app {

/// Loads the file at `path`, which holds `model` in the form of `profile`, and compares what our runtime makes of it
/// with what it makes of the model itself: on the first of the run's own samples where they can still be opened, else
/// on made-up inputs. Returns a sentence about what was compared and how near it came.
/// Files for ONNX Runtime agree to 1 step of an 8-bit code that spans an output's values; those for OpenVINO, whose
/// biases and last results are float, to a signal-to-noise ratio of 10 dB, and follow its rules (openvino_rules.h).
/// Errors: Backend when they do not, saying how far they are apart; those of loading and computing.
[[nodiscard]] Result<std::string> verified(const tracking::Store& store, const IterationModel& model,
                                           ExportProfile profile, const std::filesystem::path& path);

}  // namespace quantrail::app
