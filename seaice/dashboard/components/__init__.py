"""Elements that Streamlit does not have."""
