// The precompiled header of the tests: the standard library as elsewhere, and GoogleTest.
#pragma once

#include "scripts/cmake/standard_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
