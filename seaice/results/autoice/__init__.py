"""AutoICE upload packages: the class maps of many scenes in one NetCDF file."""
